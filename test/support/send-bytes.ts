import net from 'node:net';

/** Everything that a server says to bytes until it hangs up. @throws when it does not within five seconds */
export function sendBytes(url: string, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const socket = net.connect(Number(port), hostname, () => socket.write(bytes, 'latin1'));
    let text = '';
    socket.setTimeout(5_000, () =>
      socket.destroy(new Error(`the server does not hang up; it said: ${text}`)),
    );
    socket.on('data', (piece) => (text += piece.toString('latin1')));
    socket.on('error', (error) => (text === '' ? reject(error) : resolve(text)));
    socket.on('end', () => {
      socket.end();
      resolve(text);
    });
  });
}

/** The answers in a stream of them: status, headers in lower case, body. */
export function readAnswers(
  text: string,
): { status: number; headers: Record<string, string>; body: unknown }[] {
  return text
    .split(/(?=HTTP\/1\.1 \d{3} )/u)
    .filter((part) => part !== '')
    .map((part) => {
      const [head = '', body = ''] = part.split('\r\n\r\n');
      const [first = '', ...lines] = head.split('\r\n');
      const headers = Object.fromEntries(
        lines.map((line) => [
          line.slice(0, line.indexOf(':')).toLowerCase(),
          line.slice(line.indexOf(':') + 1).trim(),
        ]),
      );
      return {
        status: Number(first.split(' ')[1]),
        headers,
        body: body === '' ? undefined : JSON.parse(body),
      };
    });
}
