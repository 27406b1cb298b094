"""The client side: transports to the rules, over HTTP or in this process."""
