using System.Net.Http.Json;
using System.Text.Json;

namespace FlowDispatch.CrashRun;

/// <summary>JSON over HTTP, where any answer but a success is a surprise and told with its body.</summary>
internal sealed class JsonClient(Uri address) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = address, Timeout = TimeSpan.FromSeconds(60) };

    public async Task<JsonElement> GetAsync(string path, CancellationToken cancellationToken) =>
        JsonElement.Parse(await TextAsync(path, cancellationToken));

    public async Task<string> TextAsync(string path, CancellationToken cancellationToken) =>
        await ReadAsync(await _http.GetAsync(new Uri(path, UriKind.Relative), cancellationToken), cancellationToken);

    public async Task<JsonElement> PostAsync(string path, object body, CancellationToken cancellationToken) =>
        await SendAsync(HttpMethod.Post, path, JsonContent.Create(body), cancellationToken);

    public async Task<JsonElement> SendAsync(HttpMethod method, string path, HttpContent content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = content };
        return JsonElement.Parse(await ReadAsync(await _http.SendAsync(request, cancellationToken), cancellationToken));
    }

    public void Dispose() => _http.Dispose();

    private static async Task<string> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using (response)
        {
            var body = await response.Content.ReadAsStringAsync(cancellationToken);
            return response.IsSuccessStatusCode
                ? body
                : throw new InvalidOperationException($"{response.RequestMessage?.RequestUri} answered {(int)response.StatusCode}: {body}");
        }
    }
}
