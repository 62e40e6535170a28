using FlowDispatch.Contacts;
using FlowDispatch.Uploads;

namespace FlowDispatch.Store.Conformance;

/// <summary>Uploads: seen once complete, each person once, rows by line.</summary>
public abstract class UploadConformance<TFixture> : StoreConformance<TFixture>
    where TFixture : IStoreFixture, new()
{
    [Fact]
    public async Task An_upload_is_found_once_it_is_complete()
    {
        var upload = Some.Upload(Clock);
        await Store.Uploads.CreateAsync(upload, Cancellation);
        Assert.Null(await FindAsync(upload));

        await Store.Uploads.CompleteAsync(upload with { Rows = 3 }, Cancellation);

        Assert.Equal(3, (await FindAsync(upload))!.Rows);
    }

    [Fact]
    public async Task Everything_of_an_upload_survives()
    {
        var upload = Some.Upload(Clock) with
        {
            Columns = ["Telefone", "Prêço, \"R$\"", ""],
            Rows = 6,
            Accepted = 3,
            Duplicates = 2,
            Invalid = 1,
            Errors = [new(4, "abc ✗", "não é um número")],
            ErrorsTruncated = true,
            Sample = [new Dictionary<string, object?> { ["Telefone"] = "11 9", ["Prêço, \"R$\""] = 5L, [""] = null }, FieldValues.None],
        };
        await Store.Uploads.CreateAsync(Some.Upload(Clock) with { Id = upload.Id }, Cancellation);
        await Store.Uploads.CompleteAsync(upload, Cancellation);

        await ReopenAsync();

        Assert.Equal(Some.Text(upload), Some.Text(await FindAsync(upload)));
    }

    [Fact]
    public async Task Rows_come_by_line_and_after_the_one_that_was_read_last()
    {
        var upload = await StartedAsync();
        var contacts = await ContactsAsync(5);
        var rows = contacts.Select((c, i) => new UploadRow((i * 3) + 2, c.Id, new Dictionary<string, object?> { ["row.x"] = $"värde {i}" })).ToList();
        await Store.Uploads.AppendAsync(upload.Id, rows[..3], Cancellation);
        await Store.Uploads.AppendAsync(upload.Id, rows[3..], Cancellation);

        await ReopenAsync();
        var first = await Store.Uploads.ReadRowsAsync(upload.Id, 0, 2, Cancellation);
        var rest = await Store.Uploads.ReadRowsAsync(upload.Id, first[^1].Line, 10, Cancellation);

        Assert.Equal(Some.Text(rows), Some.Text(first.Concat(rest)));
        Assert.Empty(await Store.Uploads.ReadRowsAsync(upload.Id, rows[^1].Line, 10, Cancellation));
    }

    [Fact]
    public async Task A_contact_is_in_an_upload_once_and_its_first_row_stays()
    {
        var upload = await StartedAsync();
        var contacts = await ContactsAsync(2);

        var first = await Store.Uploads.AppendAsync(upload.Id, [Row(1, contacts[0]), Row(2, contacts[0]), Row(3, contacts[1])], Cancellation);
        var second = await Store.Uploads.AppendAsync(upload.Id, [Row(4, contacts[1]), Row(5, contacts[0])], Cancellation);

        Assert.Equal([2], first);
        Assert.Equal([4, 5], second);
        Assert.Equal([1, 3], (await Store.Uploads.ReadRowsAsync(upload.Id, 0, 10, Cancellation)).Select(r => r.Line));
    }

    [Fact]
    public async Task The_rows_of_people_are_found_again()
    {
        var (upload, other) = (await StartedAsync(), await StartedAsync());
        var contacts = await ContactsAsync(1_200);
        var rows = contacts.Select((c, i) => new UploadRow(i + 2, c.Id, new Dictionary<string, object?> { ["Nome"] = $"É {i}", ["n"] = (long)i, [""] = null })).ToList();
        await Store.Uploads.AppendAsync(upload.Id, rows[..1_000], Cancellation);
        await Store.Uploads.AppendAsync(upload.Id, rows[1_000..1_100], Cancellation);
        await Store.Uploads.AppendAsync(other.Id, [Row(1, contacts[1_150])], Cancellation);

        await ReopenAsync();
        var found = await Store.Uploads.FindRowsAsync(upload.Id, [.. contacts.Skip(200).Select(c => c.Id)], Cancellation);

        Assert.Equal(Some.Text(rows[200..1_100]), Some.Text(found.OrderBy(r => r.Line)));
        Assert.Empty(await Store.Uploads.FindRowsAsync(upload.Id, [], Cancellation));
        Assert.Empty(await Store.Uploads.FindRowsAsync(UploadId.New(Clock), [contacts[0].Id], Cancellation));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Store.Uploads.FindRowsAsync(upload.Id, [.. contacts.Select(c => c.Id)], Cancellation));
    }

    [Fact]
    public async Task Uploads_do_not_share_rows()
    {
        var contact = Assert.Single(await ContactsAsync(1));
        var (first, second) = (await StartedAsync(), await StartedAsync());

        Assert.Empty(await Store.Uploads.AppendAsync(first.Id, [Row(1, contact)], Cancellation));
        Assert.Empty(await Store.Uploads.AppendAsync(second.Id, [Row(7, contact)], Cancellation));

        Assert.Equal(1, Assert.Single(await Store.Uploads.ReadRowsAsync(first.Id, 0, 10, Cancellation)).Line);
        Assert.Equal(7, Assert.Single(await Store.Uploads.ReadRowsAsync(second.Id, 0, 10, Cancellation)).Line);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_deleted_upload_is_gone_with_its_rows_and_its_contacts_stay(bool complete)
    {
        var upload = await StartedAsync();
        var contact = Assert.Single(await ContactsAsync(1));
        await Store.Uploads.AppendAsync(upload.Id, [Row(1, contact)], Cancellation);
        if (complete)
        {
            await Store.Uploads.CompleteAsync(upload, Cancellation);
        }

        Assert.False(await Store.Uploads.DeleteAsync(Some.OtherOrganization, upload.Id, Cancellation));
        Assert.True(await Store.Uploads.DeleteAsync(Some.Organization, upload.Id, Cancellation));
        Assert.False(await Store.Uploads.DeleteAsync(Some.Organization, upload.Id, Cancellation));

        Assert.Null(await FindAsync(upload));
        Assert.Empty(await Store.Uploads.ReadRowsAsync(upload.Id, 0, 10, Cancellation));
        Assert.Single(await Store.Contacts.FindAsync(Some.Organization, [contact.Id], Cancellation));
    }

    [Fact]
    public async Task Organizations_never_meet()
    {
        var upload = await StartedAsync();
        await Store.Uploads.CompleteAsync(upload, Cancellation);

        Assert.Null(await Store.Uploads.FindAsync(Some.OtherOrganization, upload.Id, Cancellation));
    }

    private static UploadRow Row(int line, Contact contact) => new(line, contact.Id, FieldValues.None);

    private async Task<Upload> StartedAsync()
    {
        var upload = Some.Upload(Clock);
        await Store.Uploads.CreateAsync(upload, Cancellation);
        return upload;
    }

    private Task<Upload?> FindAsync(Upload upload) => Store.Uploads.FindAsync(Some.Organization, upload.Id, Cancellation);
}
