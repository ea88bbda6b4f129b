// What the demo's records say: the n-th record of a provider is always the same, so nothing here needs a random source.

export type DemoRecord = {
  provider: string;
  type: string;
  subject: string;
  owner: string;
  correlation_id: string | null;
  priority: number;
  payload: Record<string, string | number | boolean | null | { [name: string]: string }>;
};
type Content = Omit<DemoRecord, "provider" | "priority">;

/** Every sixtieth order has a postal code with letters, every ninetieth sale no VAT number: work for people. */
const everyBadOrder = 60;
const everyBadSale = 90;

const people = [
  "Ada Moreau",
  "Ben Okafor",
  "Chiara Rossi",
  "Dev Patel",
  "Elif Kaya",
  "Finn Larsen",
  "Grace Kim",
];
const companies = [
  "acme-books",
  "bluebird-cafe",
  "cedar-dental",
  "delta-cycles",
  "elm-street-yoga",
  "fjord-foods",
];
const funds = [
  "Aurora Global Equity",
  "Baltic Bond",
  "Cobalt Energy",
  "Dune Emerging Markets",
  "Echo Small Cap",
];
const cities = ["Lyon", "Porto", "Graz", "Ghent", "Turku"];

const pick = (from: readonly string[], n: number): string => from[n % from.length] ?? "";
const customer = (n: number): string => `customer-${(n * 7) % 90}`;
const cents = (n: number): number => 900 + ((n * 7_919) % 90_000);

const makers: Record<string, (n: number) => Content> = {
  ats: (n) => ({
    type: "assessment.scored",
    subject: `Result of ${pick(people, n)}, candidate ${n}`,
    owner: pick(companies, n),
    correlation_id: null,
    payload: { candidate: n, name: pick(people, n), score: 40 + (n % 60) },
  }),
  sms: (n) => ({
    type: "sms.send",
    subject: `Text message to ${pick(people, n)}`,
    owner: customer(n),
    correlation_id: `message-${n}`,
    payload: { to: `+49151${1_000_000 + (n % 8_999_999)}`, text: `Your parcel ${n} arrives today.` },
  }),
  "fund-prices": (n) => ({
    type: "price.fetch",
    subject: `Price of ${pick(funds, n)}`,
    owner: "portfolio-team",
    correlation_id: null,
    payload: { fund: pick(funds, n), share_class: `S${n % 12}`, currency: "EUR" },
  }),
  warehouse: (n) => ({
    type: "order.reserve",
    subject: `Order ORD-${n}`,
    owner: customer(n),
    correlation_id: `order-${n}`,
    payload: {
      order: `ORD-${n}`,
      quantity: 1 + (n % 4),
      address: {
        name: pick(people, n),
        city: pick(cities, n),
        postal_code: n % everyBadOrder === 7 ? `${n % 100}A-12` : String(10_000 + (n % 80_000)),
      },
    },
  }),
  crm: (n) => ({
    type: "contact.updated",
    subject: `Contact ${pick(people, n)} at ${pick(companies, n + 1)}`,
    owner: pick(companies, n + 1),
    correlation_id: null,
    payload: { contact: n, name: pick(people, n), company: pick(companies, n + 1) },
  }),
  "mailer-events": (n) => ({
    type: "mail.opened",
    subject: `Opened: spring campaign, reader ${n}`,
    owner: pick(companies, n),
    correlation_id: null,
    payload: { event: "opened", campaign: "spring", reader: n },
  }),
  tax: (n) => ({
    type: "sale.reported",
    subject: `Sale of order ORD-${2 * n}`,
    owner: customer(2 * n),
    correlation_id: `order-${2 * n}`,
    payload: {
      order: `ORD-${2 * n}`,
      amount_cents: cents(n),
      vat_id: n % everyBadSale === 20 ? null : `DE${100_000_000 + (n % 900_000)}`,
    },
  }),
  payments: (n) => ({
    type: "invoice.collect",
    subject: `Invoice INV-${n}`,
    owner: customer(2 * n),
    correlation_id: `order-${2 * n}`,
    payload: { invoice: `INV-${n}`, amount_cents: cents(n), currency: "EUR" },
  }),
};

export function aRecord(provider: string, n: number, priority = 0): DemoRecord {
  const make = makers[provider];
  if (!make) throw new Error(`The demo has no records for ${provider}.`);
  return { provider, priority, ...make(n) };
}
