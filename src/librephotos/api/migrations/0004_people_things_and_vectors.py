"""Tables of what is learnt: people, faces, things, captions, vectors."""

import django.db.models.deletion
import pgvector.django.halfvec
from django.conf import settings
from django.db import migrations, models
from pgvector.django import VectorExtension


class Migration(migrations.Migration):

    dependencies = [
        ("api", "0003_search_tokens"),
    ]

    operations = [
        VectorExtension(),
        migrations.AddField(
            model_name="sitesettings",
            name="caption_automatically",
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name="job",
            name="kind",
            field=models.PositiveSmallIntegerField(
                choices=[
                    (1, "Scan Photos"),
                    (2, "Generate Event Albums"),
                    (3, "Regenerate Event Titles"),
                    (4, "Train Faces"),
                    (5, "Delete Missing Photos"),
                    (6, "Calculate Clip Embeddings"),
                    (7, "Scan Faces"),
                    (8, "Find Similar Faces"),
                    (9, "Download Selected Photos"),
                    (10, "Download Models"),
                    (11, "Add Geolocation"),
                    (12, "Generate Tags"),
                    (13, "Generate Face Embeddings"),
                    (14, "Scan Missing Photos"),
                    (15, "Detect Duplicate Photos"),
                    (16, "Repair File Variants"),
                    (17, "Classify Media Categories"),
                    (18, "Extract Text (OCR)"),
                    (19, "Generate Captions"),
                ]
            ),
        ),
        migrations.AlterField(
            model_name="jobfailure",
            name="stage",
            field=models.CharField(max_length=128),
        ),
        migrations.AlterField(
            model_name="jobstage",
            name="stage",
            field=models.CharField(max_length=128),
        ),
        migrations.AlterField(
            model_name="photostage",
            name="stage",
            field=models.CharField(max_length=128),
        ),
        migrations.AlterField(
            model_name="sitesettings",
            name="semantic_search_model",
            field=models.CharField(default="siglip2-base-patch16-224", max_length=96),
        ),
        migrations.CreateModel(
            name="Face",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("visible", models.BooleanField(default=True)),
                (
                    "person_source",
                    models.CharField(
                        blank=True,
                        choices=[("", "Nobody"), ("user", "User"), ("file", "File")],
                        default="",
                        max_length=4,
                    ),
                ),
                (
                    "dismissed",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "No"),
                            ("not_a_face", "Not A Face"),
                            ("ignored", "Ignored"),
                        ],
                        default="",
                        max_length=10,
                    ),
                ),
                ("drawn", models.BooleanField(default=False)),
                ("left", models.FloatField()),
                ("top", models.FloatField()),
                ("right", models.FloatField()),
                ("bottom", models.FloatField()),
                ("score", models.FloatField(default=0)),
                ("quality", models.FloatField(default=0)),
                (
                    "encoding",
                    pgvector.django.halfvec.HalfVectorField(dimensions=128, null=True),
                ),
                ("crop", models.CharField(blank=True, default="", max_length=64)),
                ("name_tag", models.CharField(blank=True, default="", max_length=200)),
                ("guess_probability", models.FloatField(default=0)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "photo",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="faces",
                        to="api.photo",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="PeopleEdit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("label", "Label"),
                            ("reject", "Reject"),
                            ("dismiss", "Dismiss"),
                            ("restore", "Restore"),
                            ("draw", "Draw"),
                            ("rename", "Rename"),
                            ("merge", "Merge"),
                            ("split", "Split"),
                            ("change", "Change"),
                            ("delete", "Delete"),
                        ],
                        max_length=8,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("undone_at", models.DateTimeField(null=True)),
                ("before", models.JSONField(default=dict)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("USER", "User"), ("CLUSTER", "Cluster")],
                        default="USER",
                        max_length=8,
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("hidden", models.BooleanField(default=False)),
                ("birth_date", models.DateField(null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "cover",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="api.face",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "people",
                "ordering": ("name", "id"),
            },
        ),
        migrations.CreateModel(
            name="FaceGrouping",
            fields=[
                (
                    "owner",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("digests", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="FaceRejection",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "face",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rejections",
                        to="api.face",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rejections",
                        to="api.person",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="face",
            name="cluster",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="clustered_faces",
                to="api.person",
            ),
        ),
        migrations.AddField(
            model_name="face",
            name="guess",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="guessed_faces",
                to="api.person",
            ),
        ),
        migrations.AddField(
            model_name="face",
            name="person",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="faces",
                to="api.person",
            ),
        ),
        migrations.CreateModel(
            name="PhotoCaption",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("model", models.CharField(max_length=96)),
                ("text", models.TextField()),
                (
                    "photo",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="captions",
                        to="api.photo",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PhotoEmbedding",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("model", models.CharField(max_length=96)),
                ("vector", pgvector.django.halfvec.HalfVectorField()),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "photo",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="embeddings",
                        to="api.photo",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TextEmbedding",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("model", models.CharField(max_length=96)),
                ("text_hash", models.UUIDField()),
                ("vector", pgvector.django.halfvec.HalfVectorField()),
                ("used_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("model", "text_hash"), name="text_embedding_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Thing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("places365_attribute", "Places365 Attribute"),
                            ("places365_category", "Places365 Category"),
                            ("places365_environment", "Places365 Environment"),
                            ("siglip2_tag", "Siglip2 Tag"),
                            ("hashtag_attribute", "Hashtag Attribute"),
                        ],
                        max_length=24,
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("photo_count", models.IntegerField(default=0)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("-title",),
            },
        ),
        migrations.CreateModel(
            name="PhotoThing",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "thing_id",
                        "photo_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("score", models.FloatField(default=1)),
                ("visible", models.BooleanField(default=True)),
                (
                    "photo",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tags",
                        to="api.photo",
                    ),
                ),
                (
                    "thing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tagged",
                        to="api.thing",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["owner", "kind", "name"], name="person_list"),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "USER")),
                fields=("owner", "name"),
                name="person_named_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="facerejection",
            constraint=models.UniqueConstraint(
                fields=("face", "person"), name="face_rejection_once"
            ),
        ),
        migrations.AddIndex(
            model_name="face",
            index=models.Index(
                condition=models.Q(
                    ("dismissed", ""), ("person__isnull", False), ("visible", True)
                ),
                fields=["owner", "person", "photo"],
                name="face_confirmed",
            ),
        ),
        migrations.AddIndex(
            model_name="face",
            index=models.Index(
                models.F("owner"),
                models.F("guess"),
                models.OrderBy(models.F("guess_probability"), descending=True),
                models.F("id"),
                condition=models.Q(
                    ("dismissed", ""),
                    ("guess__isnull", False),
                    ("person", None),
                    ("visible", True),
                ),
                name="face_guessed",
            ),
        ),
        migrations.AddIndex(
            model_name="face",
            index=models.Index(
                condition=models.Q(
                    ("dismissed", ""), ("person", None), ("visible", True)
                ),
                fields=["owner", "cluster", "id"],
                include=("guess", "guess_probability"),
                name="face_unknown",
            ),
        ),
        migrations.AddIndex(
            model_name="face",
            index=models.Index(fields=["owner", "photo"], name="face_of_owner"),
        ),
        migrations.AddConstraint(
            model_name="photocaption",
            constraint=models.UniqueConstraint(
                fields=("photo", "model"), name="photo_caption_once"
            ),
        ),
        migrations.AddIndex(
            model_name="photoembedding",
            index=models.Index(
                fields=["owner", "model", "id"], name="photo_embedding_new"
            ),
        ),
        migrations.AddConstraint(
            model_name="photoembedding",
            constraint=models.UniqueConstraint(
                fields=("photo", "model"), name="photo_embedding_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="thing",
            constraint=models.UniqueConstraint(
                fields=("owner", "kind", "title"), name="thing_once"
            ),
        ),
        migrations.AddIndex(
            model_name="photothing",
            index=models.Index(
                models.F("thing"),
                models.OrderBy(models.F("photo"), descending=True),
                condition=models.Q(("visible", True)),
                name="photo_thing_shown",
            ),
        ),
    ]
