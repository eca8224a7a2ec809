import { PRODUCTION, SHIPPED } from '../../contract/model-reference.ts';
import type { AliasTarget, RegisteredModel } from '../../contract/registry.ts';
import { modelPageAddress } from './words.ts';

export interface VersionsProps {
  /** The shown version, as the address names it. */
  readonly reference: string;
  readonly registered: RegisteredModel;
}

/** The published versions of a model and the aliases that point at them. */
export function Versions({ reference, registered }: VersionsProps) {
  const { id, shipped, aliases, versions } = registered;
  const aliasesOf = (version: AliasTarget) =>
    Object.entries(aliases).flatMap(([name, alias]) => (alias.version === version ? [name] : []));
  const shippedAliases = aliasesOf(SHIPPED);
  if (!(PRODUCTION in aliases)) shippedAliases.push(PRODUCTION);
  return (
    <section aria-labelledby="versions">
      <h2 id="versions">Versions</h2>
      <div class="scrollable" tabIndex={0} role="group" aria-label="Versions, as a table">
        <table>
          <thead>
            <tr>
              <th scope="col">version</th>
              <th scope="col">aliases</th>
              <th scope="col">published</th>
              <th scope="col">note</th>
              <th scope="col">sha256</th>
            </tr>
          </thead>
          <tbody>
            {versions.toReversed().map(({ version, published, note, files }) => (
              <Row
                key={version}
                name={`${id}@${version}`}
                shown={reference}
                aliases={aliasesOf(version)}
                published={published}
                note={note}
                digest={files['model.onnx'].sha256}
              />
            ))}
            {shipped !== null && (
              <Row
                name={`${id}@${SHIPPED}`}
                shown={reference}
                aliases={shippedAliases}
                note="deployed with the worker"
                digest={shipped}
              />
            )}
          </tbody>
        </table>
      </div>
      <p class="hint">
        <a href={modelPageAddress(id)}>{id}</a> without a version is the one in production.
      </p>
    </section>
  );
}

interface RowProps {
  readonly name: string;
  readonly shown: string;
  readonly aliases: readonly string[];
  readonly published?: string;
  readonly note: string | null;
  readonly digest: string;
}

function Row({ name, shown, aliases, published, note, digest }: RowProps) {
  return (
    <tr>
      <th scope="row">
        <a
          href={modelPageAddress(name)}
          {...(name === shown && { 'aria-current': 'page' as const })}
        >
          {name}
        </a>
      </th>
      <td>{aliases.join(', ') || '-'}</td>
      <td>{published?.slice(0, 10) ?? '-'}</td>
      <td>{note ?? '-'}</td>
      <td>
        <code>{digest.slice(0, 12)}</code>
      </td>
    </tr>
  );
}
