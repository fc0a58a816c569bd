"""Our pages, their checksums, and the files npm brings for GraphiQL."""
