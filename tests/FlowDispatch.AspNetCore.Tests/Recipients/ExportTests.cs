using System.Net;
using FlowDispatch.Recipients;

namespace FlowDispatch.AspNetCore.Tests.Recipients;

public sealed class ExportTests(ApiHost host) : IClassFixture<ApiHost>
{
    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+55", "'+55")]
    [InlineData("-2", "'-2")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("＝1+1", "'＝1+1")]
    [InlineData("＋1", "'＋1")]
    [InlineData("－1", "'－1")]
    [InlineData("＠SUM(A1)", "'＠SUM(A1)")]
    [InlineData("\tx", "'\tx")]
    [InlineData("\r=1", "\"'\r=1\"")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("a\"b", "\"a\"\"b\"")]
    [InlineData("José", "José")]
    public async Task A_formula_is_defused_and_a_separator_is_quoted(string name, string cell)
    {
        var client = host.Fresh();
        var (_, execution) = await host.StartedAsync(client, "Ana");
        var person = (await host.PlanAsync(client, execution, Arrange.Person(name)))[0];

        var export = (await client.GetAsync($"/executions/{execution}/export?format=csv")).Expect(HttpStatusCode.OK);

        Assert.Equal("text/csv; charset=utf-8", export.Headers["Content-Type"]);
        Assert.Contains($"{execution}.csv", export.Headers["Content-Disposition"], StringComparison.Ordinal);
        Assert.StartsWith("id,contact_id,phone_number,contact_name,status,attempts,", export.Text, StringComparison.Ordinal);
        Assert.Contains(",failed_at,variables.name\r\n", export.Text, StringComparison.Ordinal);
        Assert.Contains($"\r\n{person.Id},{person.ContactId},5511888888888,{cell},pending,0,", export.Text, StringComparison.Ordinal);
        Assert.EndsWith($",{cell}\r\n", export.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_lines_carry_recipients_as_the_listing_shows_them()
    {
        var client = host.Fresh();
        var (_, execution) = await host.StartedAsync(client, "Ana");
        await host.PlanAsync(client, execution, [.. Enumerable.Range(0, 300).Select(n => Arrange.Person($"=P{n}"))]);

        var export = (await client.GetAsync($"/executions/{execution}/export?format=ndjson")).Expect(HttpStatusCode.OK);
        var listed = await client.GetAsync($"/executions/{execution}/recipients?page_size=500");

        Assert.Equal("application/x-ndjson; charset=utf-8", export.Headers["Content-Type"]);
        Assert.Equal(
            listed["items"].EnumerateArray().Select(i => i.GetRawText()),
            export.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task An_export_takes_the_listings_filters_and_an_operator()
    {
        var client = host.Fresh();
        var (_, execution) = await host.StartedAsync(client, "Ana");
        await host.PlanAsync(client, execution, Arrange.Person("A"), Arrange.Person("B", RecipientStatus.Skipped, ReasonCodes.Blocked));

        var export = (await client.As("operator").GetAsync($"/executions/{execution}/export?status=skipped")).Expect(HttpStatusCode.OK);

        Assert.Equal(2, export.Text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
        (await client.As("viewer").GetAsync($"/executions/{execution}/export")).ExpectProblem(HttpStatusCode.Forbidden);
        Assert.Equal(["format"], (await client.GetAsync($"/executions/{execution}/export?format=xlsx")).ExpectProblem(HttpStatusCode.UnprocessableEntity).Faults);
    }
}
