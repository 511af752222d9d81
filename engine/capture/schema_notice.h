// What DDL, of whomever, did to the captured tables since the last seal.
#pragma once

#include <vector>

#include "engine/capture/trigger_capture.h"
#include "engine/merge/catalog.h"
#include "replica/connection.h"

namespace tidemark::engine {

/// Captured tables that are not as the triggers know them; each is in one list at most.
struct SchemaNotice {
  std::vector<CatalogTable*> lost;      ///< gone, or with another primary key
  std::vector<CatalogTable*> rebuilt;   ///< edits may have gone unseen: our triggers are gone, or run
                                        ///< after an app's, or a column is gone or renamed
  std::vector<CatalogTable*> altered;   ///< the triggers are for other columns
  std::vector<CatalogTable*> returned;  ///< was lost, is here again
};

/// Looks at every captured table and brings the catalog's local side up to date. States change to
/// `dropped` and `returning`; triggers, rows and clocks are left to the caller.
/// Requires: a write transaction is open.
SchemaNotice notice_schema(replica::Connection& sql, Catalog& catalog, TriggerCapture& capture);

}  // namespace tidemark::engine
