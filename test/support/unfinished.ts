/** What a client has sent when it leaves without a word. */
export const unfinished: readonly string[] = [
  'BLPOP list 0\r\nPING\r\n',
  '*2\r\n$3\r\nGET\r\n$100\r\nxx',
  'WATCH a\r\nMULTI\r\nSET a 1\r\n',
  'SUBSCRIBE a b c d\r\nPSUBSCRIBE *\r\n',
  'GET a\r\nGET b\r\nBLPOP other 0\r\n',
  'HELLO 3\r\nCLIENT TRACKING ON\r\nGET a\r\n',
  'MONITOR\r\n',
  'SCAN 0\r\nWAIT 1 0\r\n',
  'SELECT 4\r\nBLPOP list 0\r\nSUBSCRIBE a\r\n',
  'CLIENT REPLY OFF\r\nBLPOP list 0\r\n',
  'HELLO 3\r\nCLIENT TRACKING ON BCAST\r\nSELECT 2\r\nGET a\r\nWATCH b\r\nCLIENT TRACKING OFF\r\nPING\r\n',
  'SET a 1\r\nWAIT 1 0\r\nPING\r\n',
  'SSUBSCRIBE a\r\nUNSUBSCRIBE\r\nSUBSCRIBE b\r\nRESET\r\nINFO\r\n',
];
