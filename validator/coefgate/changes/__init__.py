"""What lies between two registries, and a registry with some of it taken back."""
