"""One function an operation, one module a family: `(call, request) -> answer`, both in AWS's members.

Handlers pick the request apart for a service and name the members of the answer; the rules are in `services`.
"""
