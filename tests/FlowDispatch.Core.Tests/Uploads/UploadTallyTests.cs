using FlowDispatch.Uploads;

namespace FlowDispatch.Tests.Uploads;

public sealed class UploadTallyTests
{
    [Fact]
    public async Task Every_row_with_a_value_is_accepted_a_duplicate_or_invalid()
    {
        var upload = await Read.TallyAsync(
            "Telefone,Nome,Recado\n"
            + "11999999901,\"Lima, Ana\",\"Oi\nAna\"\n" // 2: a quoted separator and a quoted line break
            + "+55 (11) 99999-9901,Ana de novo,\n" // 4: a duplicate, written otherwise
            + "abc,Ninguém,\n" // 5: no number
            + ",,\n"
            + "11999999902,Bia,\n");

        Assert.Equal((4, 2, 1, 1), (upload.Rows, upload.Accepted, upload.Duplicates, upload.Invalid));
        Assert.Equal(["Telefone", "Nome", "Recado"], upload.Columns);
        var error = Assert.Single(upload.Errors);
        Assert.Equal((5, "abc"), (error.Line, error.Value));
        Assert.Contains("'abc'", error.Reason, StringComparison.Ordinal);
        Assert.False(upload.ErrorsTruncated);
        Assert.Equal(["Lima, Ana", "Bia"], upload.Sample.Select(values => values["Nome"]));
        Assert.Equal("Oi\nAna", upload.Sample[0]["Recado"]);
    }

    [Fact]
    public async Task Errors_and_sample_are_capped()
    {
        var valid = string.Concat(Enumerable.Range(0, 7).Select(i => $"551199999990{i},{i}\n"));
        var upload = await Read.TallyAsync("phone,n\n" + valid + string.Concat(Enumerable.Repeat("x,y\n", 1_001)));

        Assert.Equal((7, 1_001), (upload.Accepted, upload.Invalid));
        Assert.Equal(1_000, upload.Errors.Count);
        Assert.True(upload.ErrorsTruncated);
        Assert.Equal(["0", "1", "2", "3", "4"], upload.Sample.Select(values => values["n"]));
    }

    [Fact]
    public async Task A_thousand_errors_are_all_kept() =>
        Assert.False((await Read.TallyAsync("phone,n\n" + string.Concat(Enumerable.Repeat("x,y\n", 1_000)))).ErrorsTruncated);

    [Fact]
    public async Task A_list_has_no_sample()
    {
        var upload = await Read.TallyAsync("11999999901\n11999999901;11999999902\n", new() { Mode = ContactFileMode.List });

        Assert.Equal((3, 2, 1, 0), (upload.Rows, upload.Accepted, upload.Duplicates, upload.Invalid));
        Assert.Empty(upload.Sample);
        Assert.Empty(upload.Columns);
    }

    [Fact]
    public void A_hundred_thousand_numbers_are_each_new_once()
    {
        var numbers = new NumberSet();
        var digits = Enumerable.Range(0, 100_000).Select(i => $"55119{10_000_000L + (i * 7_919L)}").ToArray();

        Assert.All(digits, d => Assert.True(numbers.Add(d)));
        Assert.All(digits, d => Assert.False(numbers.Add(d)));
    }
}
