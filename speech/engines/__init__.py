"""The models we drive ourselves, each in a long-lived process of its own, and the client that talks to it."""
