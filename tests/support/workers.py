"""Signs of life of workers."""

from django.db import connection


def sign_of_life() -> None:
    """Have a worker give one, though none is there."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")
