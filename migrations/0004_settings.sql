-- What our own API sets, as JSON text. `config` is what Confluent's API sets, and whoever deletes that leaves this alone.
ALTER TABLE contexts ADD COLUMN settings TEXT;
ALTER TABLE subjects ADD COLUMN settings TEXT;
