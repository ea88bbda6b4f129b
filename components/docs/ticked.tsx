// Text in which `code` stands between backticks, and an empty line parts paragraphs.
import styles from "./docs.module.css";

export function Ticked({ text, inline = false }: { text: string; inline?: boolean }) {
  if (text === "") return null;
  const paragraphs = text.split("\n\n").map((paragraph) => ({
    paragraph,
    pieces: paragraph
      .split("`")
      .map((piece, nth) => ({ piece, isCode: nth % 2 === 1, key: `${nth} ${piece}` })),
  }));
  return paragraphs.map(({ paragraph, pieces }) => {
    const words = pieces.map(({ piece, isCode, key }) => (isCode ? <code key={key}>{piece}</code> : piece));
    return inline ? (
      <span key={paragraph}>{words}</span>
    ) : (
      <p key={paragraph} className={styles.words}>
        {words}
      </p>
    );
  });
}
