using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;

namespace FlowDispatch.WhatsApp.Tests;

/// <summary>A provider on loopback that can also do what no good server does: reset, break off, or never answer.</summary>
internal sealed class ProviderServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly Channel<Request> _arrived = Channel.CreateUnbounded<Request>();
    private readonly Task _accepting;
    private int _count;

    public ProviderServer()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Decides every answer; by default the message is taken.</summary>
    public Func<Request, Answer> Answers { get; set; } = _ => Answer.Json(200, Sample.Text("response.ok"));

    public string Address => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>How many whole requests came in.</summary>
    public int Count => Volatile.Read(ref _count);

    public ValueTask<Request> NextRequestAsync() => _arrived.Reader.ReadAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting; // before the listener goes: a loop that has just taken a connection asks it once more
        _listener.Dispose();
        await Task.WhenAll(_connections);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _connections.Add(ServeAsync(await _listener.AcceptSocketAsync(_stop.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            while (await ReadAsync(stream) is { } request)
            {
                Interlocked.Increment(ref _count);
                var answer = Answers(request);
                _arrived.Writer.TryWrite(request);
                await stream.WriteAsync(answer.Bytes, _stop.Token);
                switch (answer.Then)
                {
                    case Then.Close:
                        return;
                    case Then.Reset:
                        socket.LingerState = new(enable: true, 0);
                        return;
                    case Then.Hang:
                        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _stop.Token);
                        break;
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The client left, or the server was stopped.
        }
    }

    private async Task<Request?> ReadAsync(NetworkStream stream)
    {
        var bytes = new List<byte>();
        var buffer = new byte[8192];
        var end = -1;
        var length = 0;
        string[] head = [];
        while (end < 0 || bytes.Count < end + 4 + length)
        {
            var read = await stream.ReadAsync(buffer, _stop.Token);
            if (read == 0)
            {
                return null;
            }

            bytes.AddRange(buffer.AsSpan(0, read));
            if (end < 0 && (end = Encoding.Latin1.GetString([.. bytes]).IndexOf("\r\n\r\n", StringComparison.Ordinal)) >= 0)
            {
                head = Encoding.Latin1.GetString([.. bytes], 0, end).Split("\r\n");
                length = int.Parse(head.First(h => h.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))[15..], CultureInfo.InvariantCulture);
            }
        }

        var headers = head.Skip(1).Select(h => h.Split(": ", 2)).ToDictionary(h => h[0], h => h[1], StringComparer.OrdinalIgnoreCase);
        return new(head[0], headers, Encoding.UTF8.GetString([.. bytes], end + 4, length));
    }

    public sealed record Request(string Line, IReadOnlyDictionary<string, string> Headers, string Body);

    public enum Then
    {
        KeepOpen,
        Close,
        Reset,
        Hang,
    }

    public sealed record Answer(byte[] Bytes, Then Then = Then.KeepOpen)
    {
        public static Answer Nothing(Then then) => new([], then);

        public static Answer Json(int status, string body, params string[] headers) => Of(status, "application/json", body, headers);

        public static Answer Of(int status, string type, string body, params string[] headers) => new(Encoding.UTF8.GetBytes(string.Join("\r\n",
            [$"HTTP/1.1 {status} Some", $"Content-Type: {type}", $"Content-Length: {Encoding.UTF8.GetByteCount(body)}", .. headers, "", body])));

        /// <summary>The first half of an answer, its head whole.</summary>
        public static Answer Half(int status, string body, Then then)
        {
            var whole = Json(status, body).Bytes;
            return new(whole[..^(body.Length / 2)], then);
        }

        public static Answer Error(int code, int status = 400, string more = "") => Json(
            status, $$$"""{"error":{"message":"(#{{{code}}}) Some title","type":"OAuthException","code":{{{code}}}{{{more}}},"error_data":{"messaging_product":"whatsapp","details":"Some details."},"fbtrace_id":"Trace"}}""");
    }
}
