/** Codes that operators gave out. Their secrets stand here: the directory is for its owner alone. */
import type { EnrolmentKind, Invitation } from '@sigill/evidence';
import { type Row, type Sql, toBytes, toNumber, toText } from './database.ts';

export interface InvitationRow extends Invitation {
  /** What the operator noted down: a site, a person. */
  readonly madeFor: string | null;
  readonly madeAt: number;
}

/** False: there is one of this name. */
export async function addInvitation(sql: Sql, row: InvitationRow): Promise<boolean> {
  const { id, kind, secret, madeFor, madeAt, expiresAt, wrong, withdrawn, usedBy } = row;
  const values = [id, kind, secret, madeFor, madeAt, expiresAt, wrong, Number(withdrawn), usedBy];
  const added = await sql.run(
    'INSERT INTO invitations VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
    ...values,
  );
  return added === 1;
}

export async function findInvitation(sql: Sql, id: string): Promise<InvitationRow | undefined> {
  const row = await sql.get('SELECT * FROM invitations WHERE id = ?', id);
  return row && invitation(row);
}

/** Newest first. */
export async function listInvitations(sql: Sql): Promise<InvitationRow[]> {
  const rows = await sql.all('SELECT * FROM invitations ORDER BY made_at DESC, id');
  return rows.map(invitation);
}

export async function countOpenInvitations(sql: Sql, now: number): Promise<number> {
  const row = await sql.get(
    `SELECT COUNT(*) AS open FROM invitations
     WHERE used_by IS NULL AND withdrawn = 0 AND expires_at > ?`,
    now,
  );
  return toNumber(row?.open);
}

export async function countWrong(sql: Sql, id: string): Promise<void> {
  await sql.run('UPDATE invitations SET wrong = wrong + 1 WHERE id = ? AND used_by IS NULL', id);
}

/** False: another box has used it. */
export async function useInvitation(sql: Sql, id: string, box: Uint8Array): Promise<boolean> {
  const used = await sql.run(
    'UPDATE invitations SET used_by = ? WHERE id = ? AND (used_by IS NULL OR used_by = ?)',
    box,
    id,
    box,
  );
  return used === 1;
}

/** False: there is none that could be taken back. */
export async function withdrawInvitation(sql: Sql, id: string): Promise<boolean> {
  const done = await sql.run(
    'UPDATE invitations SET withdrawn = 1 WHERE id = ? AND used_by IS NULL',
    id,
  );
  return done === 1;
}

export async function forgetInvitations(sql: Sql, expiredBefore: number): Promise<void> {
  await sql.run('DELETE FROM invitations WHERE expires_at < ?', expiredBefore);
}

function invitation(row: Row): InvitationRow {
  return {
    id: toText(row.id),
    kind: toText(row.kind) as EnrolmentKind,
    secret: toBytes(row.secret),
    madeFor: typeof row.made_for === 'string' ? row.made_for : null,
    madeAt: toNumber(row.made_at),
    expiresAt: toNumber(row.expires_at),
    wrong: toNumber(row.wrong),
    withdrawn: toNumber(row.withdrawn) === 1,
    usedBy: row.used_by instanceof Uint8Array ? row.used_by : null,
  };
}
