CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
CREATE TABLE blob (
	blob TEXT NOT NULL, 
	refs INTEGER NOT NULL, 
	PRIMARY KEY (blob)
);
CREATE INDEX blob_orphan ON blob (blob) WHERE refs = 0;
CREATE TABLE bucket (
	name TEXT NOT NULL, 
	doc TEXT NOT NULL, 
	PRIMARY KEY (name)
);
CREATE TABLE chunk (
	run INTEGER NOT NULL, 
	metric INTEGER NOT NULL, 
	no INTEGER NOT NULL, 
	n INTEGER NOT NULL, 
	step0 INTEGER NOT NULL, 
	step1 INTEGER NOT NULL, 
	ts0 DOUBLE NOT NULL, 
	ts1 DOUBLE NOT NULL, 
	over BLOB NOT NULL, 
	data BLOB NOT NULL, 
	PRIMARY KEY (run, metric, no)
);
CREATE TABLE entity (
	id INTEGER NOT NULL, 
	rev INTEGER NOT NULL, 
	kind INTEGER NOT NULL, 
	"key" TEXT NOT NULL, 
	doc TEXT, 
	PRIMARY KEY (id), 
	CONSTRAINT entity_key UNIQUE (kind, "key")
);
CREATE INDEX entity_rev ON entity (rev);
CREATE TABLE flush (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	run INTEGER NOT NULL, 
	writer TEXT NOT NULL, 
	seq INTEGER NOT NULL, 
	n INTEGER NOT NULL, 
	data BLOB, 
	CONSTRAINT flush_batch UNIQUE (run, writer, seq)
);
CREATE TABLE meta (
	one INTEGER NOT NULL, 
	"database" TEXT NOT NULL, 
	rev INTEGER NOT NULL, 
	PRIMARY KEY (one)
);
CREATE TABLE metric (
	id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT metric_name UNIQUE (name)
);
CREATE TABLE summary (
	run INTEGER NOT NULL, 
	rev INTEGER NOT NULL, 
	data BLOB NOT NULL, 
	PRIMARY KEY (run)
);
CREATE INDEX summary_rev ON summary (rev);
CREATE TABLE writer (
	run INTEGER NOT NULL, 
	writer TEXT NOT NULL, 
	seq INTEGER NOT NULL, 
	PRIMARY KEY (run, writer)
);
CREATE TABLE bin (
	id INTEGER NOT NULL, 
	"key" TEXT NOT NULL, 
	doc TEXT NOT NULL, 
	deleted DOUBLE NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT bin_entity FOREIGN KEY(id) REFERENCES entity (id)
);
CREATE INDEX bin_deleted ON bin (deleted);
CREATE TABLE edge (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	source INTEGER NOT NULL, 
	label TEXT NOT NULL, 
	target INTEGER NOT NULL, 
	parked INTEGER DEFAULT 0 NOT NULL, 
	doc TEXT NOT NULL, 
	CONSTRAINT edge_source_entity FOREIGN KEY(source) REFERENCES entity (id), 
	CONSTRAINT edge_target_entity FOREIGN KEY(target) REFERENCES entity (id), 
	CONSTRAINT edge_ends UNIQUE (source, target, label)
);
CREATE INDEX edge_target ON edge (target);
CREATE INDEX edge_label ON edge (label, id);
CREATE TABLE object (
	bucket TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	size INTEGER NOT NULL, 
	etag TEXT NOT NULL, 
	modified DOUBLE NOT NULL, 
	blobs TEXT NOT NULL, 
	meta TEXT NOT NULL, 
	PRIMARY KEY (bucket, "key"), 
	CONSTRAINT object_bucket FOREIGN KEY(bucket) REFERENCES bucket (name)
);
CREATE TABLE upload (
	id TEXT NOT NULL, 
	bucket TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	started DOUBLE NOT NULL, 
	meta TEXT NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT upload_bucket FOREIGN KEY(bucket) REFERENCES bucket (name)
);
CREATE INDEX upload_key ON upload (bucket, "key");
CREATE TABLE part (
	upload TEXT NOT NULL, 
	number INTEGER NOT NULL, 
	blob TEXT NOT NULL, 
	size INTEGER NOT NULL, 
	etag TEXT NOT NULL, 
	meta TEXT NOT NULL, 
	PRIMARY KEY (upload, number), 
	CONSTRAINT part_upload FOREIGN KEY(upload) REFERENCES upload (id)
);
CREATE TABLE merged (
	run INTEGER NOT NULL, 
	flush INTEGER NOT NULL, 
	data BLOB NOT NULL, 
	PRIMARY KEY (run, flush)
);
CREATE TABLE log (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	entity INTEGER NOT NULL, 
	stream TEXT NOT NULL, 
	created DOUBLE NOT NULL, 
	last DOUBLE NOT NULL, 
	lines INTEGER NOT NULL, 
	CONSTRAINT log_stream UNIQUE (entity, stream)
);
CREATE TABLE log_writer (
	log INTEGER NOT NULL, 
	writer TEXT NOT NULL, 
	seq INTEGER NOT NULL, 
	ahead BLOB NOT NULL, 
	PRIMARY KEY (log, writer)
);
CREATE TABLE log_chunk (
	log INTEGER NOT NULL, 
	first INTEGER NOT NULL, 
	lines INTEGER NOT NULL, 
	bytes INTEGER NOT NULL, 
	data BLOB NOT NULL, 
	PRIMARY KEY (log, first)
);
CREATE TABLE claim (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	kind INTEGER NOT NULL, 
	"key" TEXT NOT NULL, 
	owner TEXT, 
	until DOUBLE NOT NULL, 
	state TEXT NOT NULL, 
	CONSTRAINT claim_key UNIQUE (kind, "key")
);
