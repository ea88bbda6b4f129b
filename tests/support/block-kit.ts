// Block Kit as its reference documents it: which blocks and elements there are, what they must have, and how long each text
// may be. https://docs.slack.dev/reference/block-kit
import { z } from "zod";

const plain = (most: number) =>
  z.strictObject({
    type: z.literal("plain_text"),
    text: z.string().min(1).max(most),
    emoji: z.boolean().optional(),
  });
const mrkdwn = (most: number) =>
  z.strictObject({
    type: z.literal("mrkdwn"),
    text: z.string().min(1).max(most),
    verbatim: z.boolean().optional(),
  });
const text = (most: number) => z.union([plain(most), mrkdwn(most)]);

const id = z.string().min(1).max(255);
const style = z.enum(["primary", "danger"]).optional();

const Confirm = z.strictObject({
  title: plain(100),
  text: text(300),
  confirm: plain(30),
  deny: plain(30),
  style,
});
const Button = z.strictObject({
  type: z.literal("button"),
  text: plain(75),
  action_id: id.optional(),
  url: z.url().max(3000).optional(),
  value: z.string().max(2000).optional(),
  style,
  confirm: Confirm.optional(),
  accessibility_label: z.string().max(75).optional(),
});
const Option = z.strictObject({
  text: text(75),
  value: z.string().min(1).max(150),
  description: text(75).optional(),
});
const StaticSelect = z.strictObject({
  type: z.literal("static_select"),
  placeholder: plain(150).optional(),
  action_id: id.optional(),
  options: z.array(Option).min(1).max(100),
  initial_option: Option.optional(),
  confirm: Confirm.optional(),
});
const PlainTextInput = z.strictObject({
  type: z.literal("plain_text_input"),
  action_id: id.optional(),
  initial_value: z.string().max(3000).optional(),
  multiline: z.boolean().optional(),
  min_length: z.int().min(0).max(3000).optional(),
  max_length: z.int().min(1).max(3000).optional(),
  focus_on_load: z.boolean().optional(),
  placeholder: plain(150).optional(),
});
const Image = z.strictObject({
  type: z.literal("image"),
  image_url: z.url().max(3000),
  alt_text: z.string().min(1).max(2000),
});

const block = { block_id: id.optional() };
const Section = z
  .strictObject({
    type: z.literal("section"),
    text: text(3000).optional(),
    fields: z.array(text(2000)).min(1).max(10).optional(),
    accessory: z.union([Button, StaticSelect, Image]).optional(),
    expand: z.boolean().optional(),
    ...block,
  })
  .refine(({ text, fields }) => text !== undefined || fields !== undefined, "text or fields must be given");
const Input = z.strictObject({
  type: z.literal("input"),
  label: plain(2000),
  element: z.union([PlainTextInput, StaticSelect]),
  hint: plain(2000).optional(),
  optional: z.boolean().optional(),
  dispatch_action: z.boolean().optional(),
  ...block,
});
const Block = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("header"), text: plain(150), ...block }),
  Section,
  z.strictObject({
    type: z.literal("context"),
    elements: z
      .array(z.union([text(3000), Image]))
      .min(1)
      .max(10),
    ...block,
  }),
  z.strictObject({
    type: z.literal("actions"),
    elements: z
      .array(z.union([Button, StaticSelect]))
      .min(1)
      .max(25),
    ...block,
  }),
  z.strictObject({ type: z.literal("divider"), ...block }),
  Image.extend({ title: plain(2000).optional(), ...block }),
  Input,
]);
export type Block = z.infer<typeof Block>;

const Blocks = (most: number) =>
  z
    .array(Block)
    .max(most)
    .superRefine((blocks, context) => {
      const twice = (names: (string | undefined)[], what: string, path: (string | number)[]) => {
        const given = names.filter((name) => name !== undefined);
        const again = given.find((name, index) => given.indexOf(name) !== index);
        if (again !== undefined)
          context.addIssue({ code: "custom", path, message: `${what} ${again} comes twice` });
      };
      twice(
        blocks.map((block) => block.block_id),
        "block_id",
        [],
      );
      for (const [index, block] of blocks.entries()) {
        if (block.type === "actions") {
          twice(
            block.elements.map((element) => element.action_id),
            "action_id",
            [index],
          );
        }
      }
    });

const Modal = z
  .strictObject({
    type: z.literal("modal"),
    title: plain(24),
    blocks: Blocks(100),
    submit: plain(24).optional(),
    close: plain(24).optional(),
    private_metadata: z.string().max(3000).optional(),
    callback_id: id.optional(),
    external_id: id.optional(),
    clear_on_close: z.boolean().optional(),
    notify_on_close: z.boolean().optional(),
  })
  .refine(({ blocks, submit }) => submit !== undefined || blocks.every(({ type }) => type !== "input"), {
    path: ["submit"],
    message: "must be given where there is an input",
  });
export type Modal = z.infer<typeof Modal>;

/** What is wrong with a message's blocks, a sentence each; none when Slack would take them. */
export const blockProblems = (blocks: unknown): string[] => problemsOf(Blocks(50), blocks);

/** The same of a modal view. */
export const viewProblems = (view: unknown): string[] => problemsOf(Modal, view);

function problemsOf(shape: z.ZodType, value: unknown): string[] {
  const parsed = shape.safeParse(value);
  return parsed.error?.issues.map((issue) => `/${issue.path.join("/")}: ${issue.message}`) ?? [];
}
