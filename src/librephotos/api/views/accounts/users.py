"""Accounts: one's own, everybody's, and their administration."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import (
    OpenApiResponse,
    PolymorphicProxySerializer,
    extend_schema,
)
from rest_framework import status
from rest_framework.exceptions import (
    APIException,
    NotAuthenticated,
    PermissionDenied,
)
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import (
    AllowAny,
    BasePermission,
    IsAuthenticatedOrReadOnly,
)
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from librephotos.api.http.caller import caller
from librephotos.api.http.pagination import UserPagination
from librephotos.api.http.permissions import IsStaff, may_change_account
from librephotos.api.http.throttling import SignUpThrottle, hashing
from librephotos.api.models import User
from librephotos.api.queries.operations.users import (
    accounts_for,
    public_samples,
    with_counts,
)
from librephotos.api.serializers.accounts.user import (
    ForeignUserSerializer,
    ManagedUserSerializer,
    ProfileSerializer,
    UserSerializer,
)
from librephotos.api.serializers.accounts.user_edit import (
    ManagedUserEditSerializer,
    NewUserSerializer,
    UserEditSerializer,
)
from librephotos.api.services import users
from librephotos.api.services.avatars import LARGEST_AVATAR
from librephotos.api.views.accounts.reauthentication import confirmed

LARGEST_REQUEST = LARGEST_AVATAR + 2**20


class RequestTooLarge(APIException):
    """A body that is larger than any that is allowed here."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = f"The request is larger than {LARGEST_REQUEST // 2**20} MiB."


# What anonymous callers are told is less.
_ACCOUNT = PolymorphicProxySerializer(
    "Account", [UserSerializer, ProfileSerializer], resource_type_field_name=None
)
# People who sign up are told what they gave.
_NEW_ACCOUNT = PolymorphicProxySerializer(
    "NewAccount", [UserSerializer, NewUserSerializer], resource_type_field_name=None
)


class AccountView(GenericAPIView[User]):
    """What the views of accounts share: who sees which rows in which form."""

    permission_classes: tuple[type[BasePermission], ...] = (IsAuthenticatedOrReadOnly,)
    serializer_class = UserSerializer
    pagination_class = UserPagination

    def get_queryset(self) -> QuerySet[User]:
        return accounts_for(self.request.user)

    def rows(self, accounts: Iterable[User]) -> list[dict[str, Any]]:
        accounts = list(accounts)
        samples = public_samples(account.pk for account in accounts)
        context = {**self.get_serializer_context(), "samples": samples}
        return [
            self.form_for(account)(account, context=context).data
            for account in accounts
        ]

    def form_for(self, account: User) -> type[BaseSerializer[User]]:
        caller = self.request.user
        if not caller.is_authenticated:
            return ProfileSerializer
        if caller.is_staff or caller.pk == account.pk:
            return UserSerializer
        return ForeignUserSerializer


class UserList(AccountView):
    """Everybody with an account; making one."""

    permission_classes = (AllowAny,)

    @extend_schema(
        responses=PolymorphicProxySerializer(
            "Account",
            [UserSerializer, ProfileSerializer],
            resource_type_field_name=None,
            many=True,
        )
    )
    def get(self, request: Request) -> Response:
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(self.rows(page or []))

    @extend_schema(request=NewUserSerializer, responses={201: _NEW_ACCOUNT})
    def post(self, request: Request) -> Response:
        form = NewUserSerializer(data=request.data, context={"request": request})
        try:
            if request.user.is_anonymous:
                # First, or what is wrong with a name tells that somebody has it.
                users.refuse_sign_up(request.user)
                SignUpThrottle(request).count()
            form.is_valid(raise_exception=True)
            account = confirmed(request, None, form.validated_data)
            with hashing():
                user = users.create_user(request.user, **account)
        except users.SignUpClosed as error:
            raise _refusal(request, "Signing up is not open.") from error
        if request.user.is_staff:
            return Response(
                self.rows([with_counts(User.objects.all()).get(pk=user.pk)])[0], 201
            )
        return Response(form.data, status=201)


class UserDetail(AccountView):
    """One account: everybody reads it, its owner and administrators change it."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_REQUEST:
            raise RequestTooLarge

    @extend_schema(responses=_ACCOUNT)
    def get(self, request: Request, pk: int) -> Response:
        return Response(self.rows([self.get_object()])[0])

    @extend_schema(request=UserEditSerializer)
    def patch(self, request: Request, pk: int) -> Response:
        account = _changeable(request, self.get_object())
        form = UserEditSerializer(account, data=request.data, partial=True)
        form.is_valid(raise_exception=True)
        changes = confirmed(request, account, form.validated_data)
        users.change_user(account, changes, by=caller(request))
        return Response(self.rows([account])[0])

    @extend_schema(responses={204: OpenApiResponse(description="Deleted")})
    def delete(self, request: Request, pk: int) -> Response:
        if not request.user.is_staff:
            raise PermissionDenied(IsStaff.message)
        return _delete(self.get_object())


class ManagedUserList(GenericAPIView[User]):
    """All accounts, for administrators."""

    permission_classes = (IsStaff,)
    serializer_class = ManagedUserSerializer
    pagination_class = UserPagination
    queryset = User.objects.all()

    def get_queryset(self) -> QuerySet[User]:
        return with_counts(super().get_queryset())

    @extend_schema(responses=ManagedUserSerializer(many=True))
    def get(self, request: Request) -> Response:
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


class ManagedUserDetail(ManagedUserList):
    """One account, for administrators."""

    @extend_schema(responses=ManagedUserSerializer)
    def get(self, request: Request, pk: int) -> Response:  # type: ignore[override]
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(request=ManagedUserEditSerializer)
    def patch(self, request: Request, pk: int) -> Response:
        account = _changeable(request, self.get_object())
        form = ManagedUserEditSerializer(account, data=request.data, partial=True)
        form.is_valid(raise_exception=True)
        changes = confirmed(request, account, form.validated_data)
        users.manage_user(account, changes, by=caller(request))
        return Response(self.get_serializer(self.get_object()).data)


class DeleteUser(GenericAPIView[User]):
    """Delete an account, for superusers."""

    permission_classes = (IsStaff,)
    serializer_class = UserSerializer
    queryset = User.objects.all()

    @extend_schema(responses={204: OpenApiResponse(description="Deleted")})
    def delete(self, request: Request, pk: int) -> Response:
        if not request.user.is_superuser:
            # The contract's status for staff who are no superusers.
            raise NotAuthenticated("Only a superuser may delete an account.")
        return _delete(self.get_object())


def _changeable(request: Request, account: User) -> User:
    if may_change_account(request.user, account):
        return account
    raise PermissionDenied("You may not change this account.")


def _delete(account: User) -> Response:
    users.delete_user(account)
    return Response(status=status.HTTP_204_NO_CONTENT)


def _refusal(request: Request, message: str) -> APIException:
    if request.user.is_authenticated:
        return PermissionDenied(message)
    return NotAuthenticated(message)
