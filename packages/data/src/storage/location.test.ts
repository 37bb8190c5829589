import { describe, expect, it } from 'vitest';
import { locationIn, parseLocation } from './location.js';

describe('the name of a place', () => {
  it.each([
    ['houses.csv', { kind: 'local', path: 'houses.csv' }],
    ['/data/a:b/houses.csv', { kind: 'local', path: '/data/a:b/houses.csv' }],
    ['C:\\data\\houses.csv', { kind: 'local', path: 'C:\\data\\houses.csv' }],
    ['file:///data/my%20houses.csv', { kind: 'local', path: '/data/my houses.csv' }],
  ])('%s may be one of this machine', (text, location) => {
    expect(parseLocation(text)).toEqual(location);
  });

  it.each([
    ['s3://tables/houses.csv', 'tables', 'houses.csv'],
    ['S3://my.tables-1/2026/a b%20?#.csv', 'my.tables-1', '2026/a b%20?#.csv'],
    ['s3://tables//double//slash', 'tables', '/double//slash'],
  ])('%s may be an object of S3', (text, bucket, key) => {
    expect(parseLocation(text)).toEqual({ kind: 's3', name: `s3://${bucket}/${key}`, bucket, key });
  });

  it.each([
    ['webhdfs://nn/a.csv', 'http://nn:9870', undefined, '/a.csv'],
    ['webhdfs://alice@nn.example:50070/d/a b.csv', 'http://nn.example:50070', 'alice', '/d/a b.csv'],
    ['swebhdfs://nn/d/a%20b?.csv', 'https://nn:9871', undefined, '/d/a%20b?.csv'],
    ['webhdfs://[::1]:9870/a', 'http://[::1]:9870', undefined, '/a'],
  ])('%s may be a file of HDFS', (text, origin, user, path) => {
    const name = `${text.split(':', 1)[0]}://${origin.replace(/^https?:\/\//, '')}${path}`;
    expect(parseLocation(text)).toEqual({ kind: 'webhdfs', name, origin, user, path });
  });

  it.each([
    ['', /a place has no name.*name a path/],
    ['http://user:secret@host/x.csv', /'http:\/\/' is no storage.*s3:\/\/bucket\/key/],
    ['hdfs://host:8020/x.csv', /'hdfs:\/\/' is no storage.*webhdfs:/],
    ['file://host/x.csv', /names no file of this machine/],
    ['s3://', /names no bucket/],
    ['s3:///key', /names no bucket/],
    ['s3://tables', /no object in it/],
    ['s3://tables/', /no object in it/],
    ['s3://tables/folder/', /no object in it/],
    [`s3://tables/${'x'.repeat(1025)}`, /no object in it/],
    ['s3://user:secret@tables/x.csv', /has a user in it.*AWS_ACCESS_KEY_ID/],
    ['webhdfs:///x.csv', /names no host/],
    ['webhdfs://host:99999/x.csv', /names no host/],
    ['webhdfs://host', /no file in it/],
    ['webhdfs://host/', /no file in it/],
    ['webhdfs://host/folder/', /no file in it/],
    ['webhdfs://host/a/../b', /no file in it/],
    ['webhdfs://alice:secret@host/x.csv', /other than a user.*HADOOP_DELEGATION_TOKEN/],
  ])('%s is refused, with the remedy and without a password', (text, message) => {
    const error = (() => {
      try {
        return parseLocation(text);
      } catch (caught) {
        return caught as Error;
      }
    })();
    expect(error).toMatchObject({ code: 'bad-argument', message: expect.stringMatching(message) });
    expect((error as Error).message).not.toContain('secret');
  });

  it.each([
    ['results', 'results/a.csv'],
    ['.', 'a.csv'],
    ['file:///my%20data/', '/my data/a.csv'],
    ['s3://tables', 's3://tables/a.csv'],
    ['s3://tables/2026/', 's3://tables/2026/a.csv'],
    ['webhdfs://alice@host:9870', 'webhdfs://alice@host:9870/a.csv'],
    ['webhdfs://host/results', 'webhdfs://host/results/a.csv'],
  ])('%s may be a folder', (folder, file) => {
    expect(locationIn(folder, 'a.csv')).toBe(file);
  });
});
