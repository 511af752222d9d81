-- The app's own schema: ordinary SQLite, nothing of tidemark in it.
CREATE TABLE packages(
  name TEXT PRIMARY KEY NOT NULL,
  version TEXT,
  section TEXT,
  priority TEXT,
  installed_size INTEGER,
  size INTEGER,
  homepage TEXT,
  summary TEXT
);

CREATE TABLE tags(
  package TEXT NOT NULL,
  tag TEXT NOT NULL,
  PRIMARY KEY(package, tag)
) WITHOUT ROWID;

CREATE TABLE depends(
  package TEXT NOT NULL,
  dependency TEXT NOT NULL,
  constraint_ TEXT NOT NULL,
  PRIMARY KEY(package, dependency, constraint_)
);

CREATE TABLE notes(
  id TEXT PRIMARY KEY NOT NULL DEFAULT (lower(hex(randomblob(16)))),
  body TEXT
);
