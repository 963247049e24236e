"""The crossing between protobuf and the domain, both ways, with all validation; protobuf goes no further than here."""
