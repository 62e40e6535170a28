using Microsoft.AspNetCore.Mvc.ApiExplorer;

namespace FlowDispatch.AspNetCore.Tests.Requests;

public sealed class RouteDescriptionTests(ApiHost host) : IClassFixture<ApiHost>
{
    [Fact]
    public void Every_route_is_described_for_OpenAPI_with_its_id()
    {
        var described = host.Service<IApiDescriptionGroupCollectionProvider>().ApiDescriptionGroups.Items.SelectMany(g => g.Items).ToList();

        var start = Assert.Single(described, d => d.RelativePath == "api/v1/flow-automations/{id}/start");
        Assert.Equal("POST", start.HttpMethod);
        Assert.Equal("id", Assert.Single(start.ParameterDescriptions).Name);
        Assert.Contains(described, d => d is { RelativePath: "api/v1/flows", HttpMethod: "GET", ParameterDescriptions.Count: 0 });
        Assert.All(described, d => Assert.Equal(d.RelativePath!.Contains("{id}", StringComparison.Ordinal), d.ParameterDescriptions.Any(p => p.Name == "id")));
        Assert.All(described, d => Assert.Contains(d.SupportedResponseTypes, r => r.StatusCode == 401));
    }

    [Theory]
    [InlineData("POST", "contacts", new[] { 200, 201 })]
    [InlineData("DELETE", "contacts/{id}", new[] { 204 })]
    [InlineData("POST", "contacts/{id}/erase", new[] { 200, 202 })]
    [InlineData("POST", "uploads", new[] { 201 })]
    [InlineData("POST", "flows", new[] { 201 })]
    [InlineData("POST", "flows/validate", new[] { 200 })]
    [InlineData("POST", "flow-automations", new[] { 201 })]
    [InlineData("POST", "flow-automations/{id}/duplicate", new[] { 201 })]
    [InlineData("POST", "flow-automations/{id}/start", new[] { 202 })]
    [InlineData("POST", "executions/{id}/repair", new[] { 202 })]
    [InlineData("PUT", "flow-automations/{id}", new[] { 200 })]
    public void A_route_is_described_with_the_statuses_that_it_answers(string method, string path, int[] statuses)
    {
        var described = host.Service<IApiDescriptionGroupCollectionProvider>().ApiDescriptionGroups.Items.SelectMany(g => g.Items)
            .Single(d => d.HttpMethod == method && d.RelativePath == $"api/v1/{path}");

        Assert.Equal(statuses, described.SupportedResponseTypes.Select(r => r.StatusCode).Where(s => s < 400).Order());
        Assert.All(
            described.SupportedResponseTypes.Where(r => r.StatusCode >= 400),
            r => Assert.Equal("application/problem+json", Assert.Single(r.ApiResponseFormats).MediaType));
        Assert.Equal(method != "DELETE", described.SupportedResponseTypes.Any(r => r.StatusCode == 415));
    }
}
