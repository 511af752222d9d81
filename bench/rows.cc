#include "bench/rows.h"

#include <array>
#include <string_view>

namespace tidemark::bench {
namespace {

constexpr std::array<std::string_view, 53> kPhrases = {
    "call the dentist",    "about the invoice",   "at the office",        "ask for a receipt",
    "write a draft of",    "the annual report",   "on monday morning",    "buy milk and bread",
    "for the weekend",     "book a table",        "near the station",     "plan the holiday",
    "with the children",   "send a reminder",     "to the landlord",      "print the tickets",
    "for the concert",     "clean the kitchen",   "after breakfast",      "repair the bicycle",
    "renew the passport",  "prepare the slides",  "for the meeting",      "return the books",
    "to the library",      "cancel the contract", "without a fee",        "find a present",
    "for her birthday",    "order new glasses",   "from the catalogue",   "check the figures",
    "of last quarter",     "pick up the parcel",  "at the post office",   "water the plants",
    "every second day",    "read the chapter",    "paint the bedroom",    "in a lighter blue",
    "talk to the teacher", "fix the printer",     "cook dinner",          "for six people",
    "look for a flight",   "that leaves early",   "sort the photographs", "of the journey",
    "answer the letter",   "from the insurance",  "visit the museum",     "sell the old sofa",
    "on the notice board"};

constexpr std::int64_t kFirstUpdateMs = 1'700'000'000'000;

}  // namespace

std::string RowMaker::uuid() {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out = "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx";
  for (char& c : out) {
    if (c == 'x') c = kDigits[below(16)];
    if (c == 'y') c = kDigits[8 + below(4)];
  }
  return out;
}

std::string RowMaker::text(std::size_t characters) {
  std::string out(kPhrases[below(kPhrases.size())]);
  while (true) {
    const std::string_view phrase = kPhrases[below(kPhrases.size())];
    if (out.size() + 1 + phrase.size() > characters) return out;
    out += ' ';
    out += phrase;
  }
}

std::vector<Row> RowMaker::rows(std::size_t count) {
  std::vector<Row> rows(count);
  std::int64_t now = kFirstUpdateMs;
  for (Row& row : rows) {
    now += static_cast<std::int64_t>(below(1'000));
    row = {uuid(), text(48), static_cast<std::int64_t>(below(2)), now, text(108)};
  }
  return rows;
}

}  // namespace tidemark::bench
