"""YAML → Registry: strict documents with marks, schemas, relations, the model, its snapshot and digest."""
