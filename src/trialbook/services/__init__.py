"""The rules: one module of plain functions a family of resources, over the store and the search engine."""
