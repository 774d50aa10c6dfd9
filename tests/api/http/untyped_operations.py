"""What is answered and not described yet: this list only grows shorter."""

UNTYPED = frozenset(
    (
        "get /api/dirtree/",
        "get /api/healthz/",
        "get /api/healthz/postgresql/",
        "get /api/healthz/queue/",
        "get /api/healthz/ready/",
        "get /api/help/",
        "get /api/locclust/",
        "get /api/models/",
        "get /api/photomonthcounts/",
        "get /api/serverstats/",
        "get /api/socialgraph/",
        "get /api/stats/",
        "get /api/storagestats/",
        "get /api/user/",
        "get /api/user/{id}/",
        "get /api/wordcloud/",
        "patch /api/user/{id}/",
        "post /api/models/{name}/download/",
        "post /api/user/",
    )
)
