"""Stand-ins of the platforms that posts are published to, and of Sanity.

They take what the platforms document, refuse the rest, keep what was published, and
fail when told to. Each plays one host of a ``tests.stub_api.StubApi``:

    dev = Dev(stub_api, "dev.posts.example.com")
    dev.fails(*server_errors(2))
    ...
    assert dev.problems == []
    [article] = dev.published
"""

from tests.publishing.dev import Dev
from tests.publishing.hashnode import Hashnode
from tests.publishing.medium import Medium
from tests.publishing.opensearch import OpenSearch
from tests.publishing.plain import PlainApi
from tests.publishing.platform import DOWN, Platform, Problem, server_errors, slow
from tests.publishing.sanity import Sanity

__all__ = [
    "DOWN",
    "Dev",
    "Hashnode",
    "Medium",
    "OpenSearch",
    "PlainApi",
    "Platform",
    "Problem",
    "Sanity",
    "server_errors",
    "slow",
]
