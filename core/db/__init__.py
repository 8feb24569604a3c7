"""The database: engine, driver, schema, errors, and what is done with it as a whole."""
