// SOAP 1.1: the payload's members become the elements of one operation; a fault says whose fault it is.
//
//   {"candidate": 7, "tags": ["a", "b"]}
//   → <Submit xmlns="urn:results"><candidate>7</candidate><tags>a</tags><tags>b</tags></Submit>
//
// A provider that answers with a ticket can be asked once, in the same attempt, what became of it.
import { z } from "zod";
import { providerWords } from "#lib/core/provider-words.ts";
import {
  defineAdapter,
  type Moment,
  type Outgoing,
  type Reading,
  type ResponseReply,
} from "#worker/adapters/adapter.ts";
import { contractHeaders } from "#worker/adapters/contract-headers.ts";
import { type Exact, objectIn } from "#worker/adapters/payload.ts";
import { type Elements, element, elementsOf, escaped, readXml, textOf } from "#worker/adapters/xml.ts";

const elementName = z.string().regex(/^[A-Za-z_][\w.-]*$/, "must be the name of an XML element");
// It stands in a header, between quotes.
const action = z
  .string()
  .max(500)
  .regex(/^[\x20-\x7e]*$/, "must be printable ASCII")
  .regex(/^[^"]*$/, "must not contain quotes");

const Options = z.strictObject({
  action,
  /** The operation's element and its namespace. */
  element: elementName,
  namespace: z
    .string()
    .min(1)
    .max(500)
    .regex(/^[\x21-\x7e]+$/, "must be a namespace like urn:results"),
  /** When the answer holds an element `ticket`, this operation is asked with it. */
  confirm: z.strictObject({ action, element: elementName, ticket: elementName }).optional(),
});

export const soap = defineAdapter({
  options: Options,
  create({ policy: { url }, options, proofNames }) {
    const { pathname, search } = new URL(url);
    const namespace = `xmlns="${escaped("namespace", options.namespace)}"`;
    const operation = (name: string, soapAction: string) => {
      const own = ["content-type", "text/xml; charset=utf-8", "soapaction", `"${soapAction}"`];
      const headers = contractHeaders(proofNames, own);
      return (content: Exact, record: Outgoing, moment: Moment) => ({
        method: "POST" as const,
        path: pathname + search,
        headers: headers(record, moment),
        body: envelope(element(name, content, namespace)),
      });
    };
    const submit = operation(options.element, options.action);
    const { confirm } = options;
    const ask = confirm && operation(confirm.element, confirm.action);
    return {
      kind: "http",
      build: (record, moment) => submit(objectIn(record.payload), record, moment),
      read: readReply,
      next(reply, record, step, moment) {
        if (step > 1 || !confirm || !ask) return null;
        const ticket = textOf(answerIn(reply.body)?.[confirm.ticket]);
        return ticket === null ? null : ask({ [confirm.ticket]: ticket }, record, moment);
      },
    };
  },
});

const envelope = (body: string): string =>
  `<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>${body}</soap:Body></soap:Envelope>`;

function readReply({ status, body, truncated }: ResponseReply): Reading {
  // A one-way operation answers nothing.
  if (body === "" || truncated) return {};
  const content = bodyIn(body);
  const fault = elementsOf(content?.Fault);
  if (fault !== null) return readFault(status, fault);
  if (content === null && status >= 200 && status <= 299) {
    return { outcome: "unexpected", error: `${status}: the answer is not a SOAP envelope` };
  }
  return {};
}

/** SOAP 1.1's `faultcode` and `faultstring`, or 1.2's `Code` and `Reason`. */
function readFault(status: number, fault: Elements): Reading {
  const code = textOf(fault.faultcode) ?? textOf(elementsOf(fault.Code)?.Value) ?? "";
  const said = textOf(fault.faultstring) ?? textOf(elementsOf(fault.Reason)?.Text) ?? "";
  const error = `${status}: ${providerWords(said) ?? providerWords(code) ?? "a fault without a word"}`;
  // `soap:Client.Validation` is a Client's.
  switch (code.replace(/^.*:/, "").replace(/\..*$/, "")) {
    case "Client":
    case "Sender":
      return { outcome: "invalid", error };
    case "Server":
    case "Receiver":
      return { outcome: "unavailable", error };
    default:
      return { outcome: "unexpected", error };
  }
}

const bodyIn = (text: string): Elements | null => {
  const found = elementsOf(readXml(text)?.Envelope);
  if (found === null || !Object.hasOwn(found, "Body")) return null;
  return elementsOf(found.Body) ?? {};
};

/** What the operation answered: the members of the body's only element. */
function answerIn(text: string): Elements | null {
  const [answer] = Object.values(bodyIn(text) ?? {});
  return elementsOf(answer);
}
