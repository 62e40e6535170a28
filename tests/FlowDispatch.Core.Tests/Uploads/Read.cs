using System.Text;
using FlowDispatch.Contacts;
using FlowDispatch.Uploads;

namespace FlowDispatch.Tests.Uploads;

/// <summary>Reads texts and bytes as uploads in Brazil.</summary>
internal static class Read
{
    private static readonly ContactFileReader Reader = new(new PhoneNumberNormalizer("BR"));

    public static Task<ContactFile> OpenAsync(Stream body, ContactFileOptions? options = null) =>
        Reader.OpenAsync(body, options ?? new(), TestContext.Current.CancellationToken);

    public static Task<ContactFile> OpenAsync(byte[] bytes, ContactFileOptions? options = null) => OpenAsync(new MemoryStream(bytes), options);

    public static Task<ContactFile> OpenAsync(string text, ContactFileOptions? options = null) => OpenAsync(Encoding.UTF8.GetBytes(text), options);

    public static async Task<List<ContactRow>> RowsAsync(this Task<ContactFile> file) => await (await file).RowsAsync();

    public static async Task<List<ContactRow>> RowsAsync(this ContactFile file)
    {
        var rows = new List<ContactRow>();
        await foreach (var row in file.ReadAsync(TestContext.Current.CancellationToken))
        {
            rows.Add(row);
        }

        return rows;
    }

    public static Task<List<ContactRow>> CsvAsync(string text, string? phoneColumn = null) =>
        OpenAsync(text, new() { PhoneColumn = phoneColumn }).RowsAsync();

    public static Task<List<ContactRow>> CsvAsync(byte[] bytes) => OpenAsync(bytes).RowsAsync();

    public static Task<List<ContactRow>> ListAsync(string text) => OpenAsync(text, new() { Mode = ContactFileMode.List }).RowsAsync();

    public static async Task<Upload> TallyAsync(Stream body, ContactFileOptions? options = null)
    {
        var file = await OpenAsync(body, options);
        var tally = new UploadTally(file.Columns);
        await foreach (var row in file.ReadAsync(TestContext.Current.CancellationToken))
        {
            tally.Add(row);
        }

        return tally.ToUpload(new(Guid.Empty), "acme", DateTimeOffset.UnixEpoch);
    }

    public static Task<Upload> TallyAsync(string text, ContactFileOptions? options = null) =>
        TallyAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), options);
}
