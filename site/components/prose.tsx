/** Text in which parts between backquotes are code, and `[text](address)` is a link. */
export function Prose({ text }: { text: string }) {
  return (
    <>
      {text.split(/(`[^`]+`|\[[^\]]+\]\([^)]+\))/).map((part) => {
        const [, code] = /^`(.+)`$/.exec(part) ?? [];
        const [, name, address] = /^\[(.+)\]\((.+)\)$/.exec(part) ?? [];
        if (code !== undefined) return <code>{code}</code>;
        return address === undefined ? part : <a href={address}>{name}</a>;
      })}
    </>
  );
}
