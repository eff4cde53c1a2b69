"""The version of this package, as its releases and its requests name it."""

VERSION = "0.1.0"
