import type { Database, Statement } from '../../services/history/database.ts';

/** https://developers.cloudflare.com/d1/platform/limits/, November 2026; the free plan's where they differ. */
const LIMITS = {
  queriesPerInvocation: 50,
  boundParameters: 100,
  sqlBytes: 100_000,
  /** Of a string and of a row. */
  valueBytes: 2_000_000,
  functionArguments: 32,
};

const bytesOf = (value: unknown) => (typeof value === 'string' ? Buffer.byteLength(value) : 8);

function refuse(limit: keyof typeof LIMITS, value: number): void {
  if (value > LIMITS[limit]) throw new Error(`D1_ERROR: ${limit} ${value} > ${LIMITS[limit]}`);
}

/** A database that refuses what D1 documents as too much, which a local one allows. */
export class LimitedDatabase implements Database {
  /** Since the last invocation began. */
  queries = 0;
  /** Largest number of bytes bound in one statement. */
  largestBytes = 0;
  /** After these many batches have been stored, their answers are lost. */
  lostAnswers = 0;
  readonly #inner = new WeakMap<Statement, Statement>();

  constructor(private readonly database: Database) {}

  beginInvocation(): void {
    this.queries = 0;
  }

  prepare(sql: string): Statement {
    refuse('sqlBytes', Buffer.byteLength(sql));
    return this.#limited(this.database.prepare(sql));
  }

  async batch(statements: Statement[]) {
    for (let index = 0; index < statements.length; index++) this.#count();
    const inner = statements.map((statement) => this.#inner.get(statement) ?? statement);
    const results = await this.database.batch(inner);
    if (this.lostAnswers-- > 0) throw new Error('D1_ERROR: Network connection lost.');
    return results;
  }

  #count() {
    this.queries++;
    refuse('queriesPerInvocation', this.queries);
  }

  #limited(statement: Statement): Statement {
    const limited: Statement = {
      bind: (...values) => {
        refuse('boundParameters', values.length);
        for (const value of values) refuse('valueBytes', bytesOf(value));
        const bytes = values.reduce<number>((sum, value) => sum + bytesOf(value), 0);
        this.largestBytes = Math.max(this.largestBytes, bytes);
        return this.#limited(statement.bind(...values));
      },
      first: () => {
        this.#count();
        return statement.first();
      },
      all: () => {
        this.#count();
        return statement.all();
      },
    };
    this.#inner.set(limited, statement);
    return limited;
  }
}
