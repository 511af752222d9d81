#include <tidemark/api/device.h>

#include <filesystem>
#include <iostream>

#include <SQLiteCpp/SQLiteCpp.h>

int main(int argc, char** argv) try {
  if (argc != 4) return std::cerr << "usage: notes DATABASE FOLDER TEXT\n", 2;
  const bool first_time = !std::filesystem::exists(argv[1]);
  SQLite::Database app(argv[1], SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);  // the app's own
  app.exec(
      "CREATE TABLE IF NOT EXISTS notes("
      " id TEXT PRIMARY KEY NOT NULL DEFAULT (lower(hex(randomblob(16)))), body TEXT)");

  if (first_time) tidemark::Device::init(argv[1], {.name = "laptop"});
  const auto device = tidemark::Device::open(argv[1]);
  device->track({"notes"}, {});  // once is enough; again is harmless

  SQLite::Statement insert(app, "INSERT INTO notes(body) VALUES (?)");  // as ever
  insert.bind(1, argv[3]);
  insert.exec();

  const auto report = device->sync(argv[2]);  // pulls what is new there, publishes what is new here
  std::cout << "received " << report.pulled << " entries, sent " << report.pushed << '\n';
} catch (const tidemark::Error& error) {
  std::cerr << error.what() << " (" << tidemark::to_text(error.code())
            << ")\n  try: " << error.hint() << '\n';
  return 1;
}
