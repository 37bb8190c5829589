/** What the URI in a role's certificate begins with; the sealing key's point in base64url follows. */
export const sealUri = 'triad:seal:';
