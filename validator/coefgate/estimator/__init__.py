"""Registry → estimate. The scalar face needs the standard library alone; the columnar face needs numpy."""
