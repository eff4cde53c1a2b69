"""What the service tells about itself to those who watch it: metrics and traces."""
