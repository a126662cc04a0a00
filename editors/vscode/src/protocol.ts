/** What the client and `redline serve` say to each other beyond the Language Server Protocol. */
import {
  NotificationType,
  NotificationType0,
  RequestType0,
  type Location,
  type Range,
  type VersionedTextDocumentIdentifier,
} from 'vscode-languageclient/node';

/** Announced under `experimental.redline` in the client's capabilities. */
export const capabilities = {
  documentState: true,
  overview: true,
  hoverShowsFindings: true,
} as const;

export type Strength = 'recorded' | 'matched' | 'declared' | 'suspected';

export type State = 'outside' | 'judging' | 'clean' | 'findings' | 'asking' | 'notJudged';

/** Lines that an assistant is known or suspected to have written, with or without a finding. */
export interface Region {
  range: Range;
  assistant: string;
  strength: Strength;
  words: string;
  fingerprint?: string;
}

/** What is known of one document, as of the version it names. */
export interface DocumentState {
  textDocument: VersionedTextDocumentIdentifier;
  state: State;
  /** Short words for a status bar; empty outside every zone. */
  words: string;
  zones: string[];
  counts: { error: number; warning: number; note: number };
  questions: number;
  /** Why the document is not judged. */
  reason?: string;
  regions: Region[];
}

export interface Evidence {
  words: string;
  location?: Location;
}

export interface Finding {
  fingerprint: string;
  rule: string;
  level: 'error' | 'warning' | 'note';
  message: string;
  range: Range;
  assistant?: string;
  strength?: Strength;
  evidence: Evidence[];
}

export interface ZoneFile {
  uri: string;
  path: string;
  findings: Finding[];
}

export interface Zone {
  name: string;
  /** What lies in it; empty where the rules do not say. */
  title: string;
  protects: string;
  location?: Location;
  files: ZoneFile[];
}

export interface Project {
  uri: string;
  name: string;
  /** URIs of the rule files. */
  rules: string[];
  /** What is wrong with the rules. */
  fault?: string;
  /** Whether everything in protected places could be judged. */
  complete: boolean;
  /** When the whole workspace was last checked, in RFC 3339. */
  checked: string | null;
  /** In the order of the policy. */
  zones: Zone[];
  /** How many findings are left out, for there are too many. */
  more?: number;
}

export interface Overview {
  projects: Project[];
}

export const documentState = new NotificationType<DocumentState>('redline/documentState');
export const overview = new RequestType0<Overview, void>('redline/overview');
export const overviewChanged = new NotificationType0('redline/overviewChanged');
