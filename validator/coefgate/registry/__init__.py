"""YAML → Coefficients: strict documents with marks, schemas, relations, model, snapshot."""
