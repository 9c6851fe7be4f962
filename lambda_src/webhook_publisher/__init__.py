"""What a webhook tells: verified, completed, made a post, given to a workflow."""
