"""One folder per source. Each module offers `ENTITIES` and `read(account, entity, pull)`."""
