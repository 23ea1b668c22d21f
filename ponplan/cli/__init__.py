"""Arguments in, one library call, exit code out."""
