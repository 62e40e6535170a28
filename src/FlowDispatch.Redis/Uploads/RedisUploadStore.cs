using System.Text.Json;
using FlowDispatch.Contacts;
using FlowDispatch.Redis.Connection;
using FlowDispatch.Storage;
using FlowDispatch.Uploads;
using StackExchange.Redis;

namespace FlowDispatch.Redis.Uploads;

/// <summary>Each upload in a slot of its own: its head, its rows by contact, and their lines in order.</summary>
internal sealed class RedisUploadStore(RedisConnection connection) : IUploadStore
{
    private static readonly RedisScript AppendScript = RedisScript.Load("upload_append");

    /// <summary>The ids of an organization's uploads; it may name too many, and never too few.</summary>
    public static RedisKey Names(RedisConnection connection, string organizationId) => connection.Root("o:" + organizationId).Append("uploads");

    public async Task CreateAsync(Upload upload, CancellationToken cancellationToken = default)
    {
        var names = Names(connection, upload.OrganizationId);
        await connection.WriteAsync(names, database => database.SortedSetAddAsync(names, upload.Id.ToString(), 0)).ConfigureAwait(false);
        await KeepAsync(upload, complete: false).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<int>> AppendAsync(UploadId id, IReadOnlyList<UploadRow> rows, CancellationToken cancellationToken = default)
    {
        Bounds.AtMost(rows.Count, 1_000, nameof(rows));
        var values = new List<RedisValue>(3 * rows.Count);
        foreach (var row in rows)
        {
            values.AddRange([row.Line, Key(row.ContactId), Write(row)]);
        }

        var answer = await connection.RunAsync(AppendScript, Root(id), new ScriptArguments(connection, values.Count + 2).AddList(values), cancellationToken).ConfigureAwait(false);
        return answer.IsNull
            ? throw new InvalidOperationException($"Upload {id} is complete or was deleted; rows are added before it is completed.")
            : [.. ((RedisValue[])answer!).Select(l => (int)l)];
    }

    public Task CompleteAsync(Upload upload, CancellationToken cancellationToken = default) => KeepAsync(upload, complete: true);

    public async Task<Upload?> FindAsync(string organizationId, UploadId id, CancellationToken cancellationToken = default) =>
        await HeadAsync(id).ConfigureAwait(false) is (var upload, true) && upload.OrganizationId == organizationId ? upload : null;

    public async Task<bool> DeleteAsync(string organizationId, UploadId id, CancellationToken cancellationToken = default)
    {
        if (await HeadAsync(id).ConfigureAwait(false) is not var (upload, _) || upload.OrganizationId != organizationId)
        {
            return false;
        }

        RedisKey[] keys = [Root(id).Append("upload"), Root(id).Append("rows"), Root(id).Append("lines")];
        var deleted = await connection.WriteAsync(keys[0], database => database.KeyDeleteAsync(keys)).ConfigureAwait(false) > 0;
        var database = await connection.DatabaseAsync().ConfigureAwait(false);
        await database.SortedSetRemoveAsync(Names(connection, organizationId), id.ToString()).ConfigureAwait(false);
        return deleted;
    }

    public async Task<IReadOnlyList<UploadRow>> ReadRowsAsync(UploadId id, int afterLine, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(afterLine);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 10_000);
        var database = await connection.DatabaseAsync().ConfigureAwait(false);
        var contacts = await database.SortedSetRangeByScoreAsync(Root(id).Append("lines"), afterLine, double.PositiveInfinity, Exclude.Start, Order.Ascending, 0, limit)
            .ConfigureAwait(false);
        return await RowsAsync(database, id, contacts).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<UploadRow>> FindRowsAsync(UploadId id, IReadOnlyCollection<ContactId> contacts, CancellationToken cancellationToken = default)
    {
        Bounds.AtMost(contacts.Count, 1_000, nameof(contacts));
        return await RowsAsync(await connection.DatabaseAsync().ConfigureAwait(false), id, [.. contacts.Select(Key)]).ConfigureAwait(false);
    }

    private static RedisValue Key(ContactId contact) => contact.Value.ToByteArray(bigEndian: true);

    private static byte[] Write(UploadRow row)
    {
        var writer = new RecordWriter();
        writer.Number(row.Line);
        writer.Text(FieldValues.ToJson(row.Values));
        return writer.Take();
    }

    private static UploadRow Read(RedisValue contact, RedisValue bytes)
    {
        var reader = new RecordReader((byte[])bytes!);
        return new((int)reader.Number(), new(new Guid((byte[])contact!, bigEndian: true)), FieldValues.Parse(reader.Text()));
    }

    private RedisKey Root(UploadId id) => connection.Root("u:" + id);

    private async Task<List<UploadRow>> RowsAsync(IDatabase database, UploadId id, RedisValue[] contacts)
    {
        var rows = new List<UploadRow>(contacts.Length);
        if (contacts.Length > 0)
        {
            var values = await database.HashGetAsync(Root(id).Append("rows"), contacts).ConfigureAwait(false);
            for (var i = 0; i < contacts.Length; i++)
            {
                if (!values[i].IsNull)
                {
                    rows.Add(Read(contacts[i], values[i]));
                }
            }
        }

        return rows;
    }

    private async Task KeepAsync(Upload upload, bool complete)
    {
        var key = Root(upload.Id).Append("upload");
        var document = JsonSerializer.SerializeToUtf8Bytes(upload with { Sample = [] }, JsonText.Options);
        HashEntry[] fields = [new("doc", document), new("sample", $"[{string.Join(',', upload.Sample.Select(FieldValues.ToJson))}]"), new("complete", complete ? 1 : 0)];
        await connection.WriteAsync(key, async database =>
        {
            await database.HashSetAsync(key, fields).ConfigureAwait(false);
            return true;
        }).ConfigureAwait(false);
    }

    private async Task<(Upload Upload, bool Complete)?> HeadAsync(UploadId id)
    {
        var database = await connection.DatabaseAsync().ConfigureAwait(false);
        var values = await database.HashGetAsync(Root(id).Append("upload"), ["doc", "sample", "complete"]).ConfigureAwait(false);
        if (values[0].IsNull)
        {
            return null;
        }

        var upload = JsonSerializer.Deserialize<Upload>((byte[])values[0]!, JsonText.Options)!;
        return (upload with { Sample = [.. JsonElement.Parse(values[1].ToString()).EnumerateArray().Select(FieldValues.FromJsonObject)] }, values[2] == 1);
    }
}
