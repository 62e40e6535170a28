using System.Net;
using System.Net.Http.Headers;

namespace FlowDispatch.WhatsApp.Messages;

/// <summary>
/// A request body that knows whether anybody began to write it, and that can be written only once. So two questions
/// have exact answers: may the provider have the message (begun), and can a layer below have sent it twice (never).
/// </summary>
/// <remarks>
/// A request whose body was not begun is incomplete for every server, whatever became of its headers.
/// <see cref="SocketsHttpHandler"/> itself sends a request again on another connection only while its body is unsent
/// (dotnet/runtime, <c>HttpConnection.SendAsync</c>: <c>_canRetry</c> is set only for a request without content or one
/// still waiting for <c>100 Continue</c>); this also stops a retrying handler that a host puts on the client.
/// </remarks>
internal sealed class OneTimeContent : HttpContent
{
    private readonly ReadOnlyMemory<byte> _body;
    private int _begun;

    public OneTimeContent(ReadOnlyMemory<byte> body)
    {
        _body = body;
        Headers.ContentType = new MediaTypeHeaderValue("application/json");
        Headers.ContentLength = body.Length;
    }

    /// <summary>True once the body may be on its way.</summary>
    public bool Begun => Volatile.Read(ref _begun) != 0;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _begun, 1) != 0)
        {
            throw new InvalidOperationException("A layer below the sender tried to send a message again. Remove the retrying handler from the HTTP client FlowDispatch.WhatsApp.");
        }

        await stream.WriteAsync(_body, cancellationToken).ConfigureAwait(false);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _body.Length;
        return true;
    }
}
