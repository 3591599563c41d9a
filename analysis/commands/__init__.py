"""Which commands does ``python -m analysis`` have? One module each, loaded when it is called."""
