"""AWS's wire protocols, driven by botocore's service models.

`route` finds a request's operation, `parse` its parameters; `validate` checks them, `project` cuts an answer to its
shape, `serialise` and `errors` write it.
"""
