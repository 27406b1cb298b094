"""Search: typed numpy columns that follow the store, expressions over them, pages and suggestions."""
