import { crc32, deflateSync, inflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/**
 * Makes a picture of a page small: the same PNG with as many of its commonest colours, 256 at most, as make it fit.
 *
 * @param png as Chromium makes them: eight bits a channel, opaque, not interlaced
 * @param maxBytes what it should not be larger than; with 16 colours it is returned as large as it is
 */
export function withPalette(png: Buffer, maxBytes: number): Buffer {
  const { width, height, pixels } = colours(png);
  const counts = new Map<number, number>();
  for (const colour of pixels) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  const commonest = [...counts].toSorted(([, one], [, other]) => other - one).map(([colour]) => colour);
  for (let size = 256; ; size /= 2) {
    const palette = commonest.slice(0, size);
    const places = new Map(commonest.map((colour) => [colour, nearest(colour, palette)]));
    const rows = Buffer.alloc((width + 1) * height);
    for (const [at, colour] of pixels.entries()) {
      rows[Math.floor(at / width) * (width + 1) + 1 + (at % width)] = places.get(colour) ?? 0;
    }
    const small = Buffer.concat([
      SIGNATURE,
      chunk('IHDR', header(width, height)),
      chunk('PLTE', Buffer.from(palette.flatMap((colour) => channels(colour)))),
      chunk('IDAT', deflateSync(rows, { level: 9 })),
      chunk('IEND', Buffer.alloc(0)),
    ]);
    if (small.length <= maxBytes || size <= 16) return small;
  }
}

/** One number a pixel, `0xrrggbb`, row by row. */
function colours(png: Buffer): { readonly width: number; readonly height: number; readonly pixels: Uint32Array } {
  const data: Buffer[] = [];
  for (let at = SIGNATURE.length; at < png.length; at += png.readUInt32BE(at) + 12) {
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT')
      data.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  }
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  const depth = png[25] === 6 ? 4 : 3;
  const bytes = inflateSync(Buffer.concat(data));
  const stride = width * depth;
  const pixels = new Uint32Array(width * height);
  let above = new Uint8Array(stride);
  for (let row = 0; row < height; row += 1) {
    const start = row * (stride + 1);
    const line = unfiltered(bytes[start] ?? 0, bytes.subarray(start + 1, start + 1 + stride), above, depth);
    for (let at = 0; at < width; at += 1) {
      const [red = 0, green = 0, blue = 0] = line.subarray(at * depth);
      pixels[row * width + at] = (red << 16) | (green << 8) | blue;
    }
    above = line;
  }
  return { width, height, pixels };
}

/** A row as it was before PNG's filter: each byte was stored as what it differs from a guess by. */
function unfiltered(filter: number, stored: Uint8Array, above: Uint8Array, depth: number): Uint8Array<ArrayBuffer> {
  const line = new Uint8Array(stored.length);
  for (const [at, difference] of stored.entries()) {
    const [left, up, corner] = [line[at - depth] ?? 0, above[at] ?? 0, above[at - depth] ?? 0];
    const guesses = [0, left, up, (left + up) >> 1, paeth(left, up, corner)];
    line[at] = difference + (guesses[filter] ?? 0);
  }
  return line;
}

function paeth(left: number, up: number, corner: number): number {
  const [byLeft, byUp, byCorner] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)];
  if (byLeft <= byUp && byLeft <= byCorner) return left;
  return byUp <= byCorner ? up : corner;
}

const channels = (colour: number) => [colour >> 16, (colour >> 8) & 0xff, colour & 0xff] as const;

function nearest(colour: number, palette: readonly number[]): number {
  const [red, green, blue] = channels(colour);
  let found = { at: 0, distance: Number.POSITIVE_INFINITY };
  for (const [at, candidate] of palette.entries()) {
    const [otherRed, otherGreen, otherBlue] = channels(candidate);
    const distance = (red - otherRed) ** 2 + (green - otherGreen) ** 2 + (blue - otherBlue) ** 2;
    if (distance < found.distance) found = { at, distance };
  }
  return found.at;
}

function header(width: number, height: number): Buffer {
  const bytes = Buffer.alloc(13);
  bytes.writeUInt32BE(width, 0);
  bytes.writeUInt32BE(height, 4);
  // Eight bits a pixel, each the number of a colour.
  bytes.set([8, 3], 8);
  return bytes;
}

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const bytes = Buffer.alloc(named.length + 8);
  bytes.writeUInt32BE(data.length, 0);
  named.copy(bytes, 4);
  bytes.writeUInt32BE(crc32(named), named.length + 4);
  return bytes;
}
