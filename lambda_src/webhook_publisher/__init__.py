"""From a webhook to a workflow: verify it, read the document, make a post, start."""
